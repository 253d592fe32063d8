PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE store (id TEXT NOT NULL) STRICT;
INSERT INTO store VALUES('b8949f0b263e34a6');
CREATE TABLE messages (position INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT NOT NULL, text TEXT NOT NULL, author TEXT NOT NULL DEFAULT '', digest TEXT NOT NULL DEFAULT '', type TEXT NOT NULL DEFAULT '', sequence TEXT NOT NULL DEFAULT '', bytes INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO messages VALUES(1,'6bb12f33-4a6b-4e5c-9d44-6a1f8b0c7d01','{"hello":1}','ambassador','0x55','accept','0000000000000000000000000000000000000000000000000000000000000003',11);
CREATE TABLE rooms (guid TEXT PRIMARY KEY, bytes INTEGER NOT NULL) STRICT;
INSERT INTO rooms VALUES('6bb12f33-4a6b-4e5c-9d44-6a1f8b0c7d01',11);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('messages',1);
CREATE INDEX messages_guid ON messages (guid, position);
CREATE INDEX messages_author ON messages (guid, author, sequence, position);
CREATE INDEX messages_sequence ON messages (guid, sequence, position);
CREATE INDEX rooms_bytes ON rooms (bytes);
CREATE TRIGGER message_kept AFTER INSERT ON messages BEGIN
  INSERT INTO rooms VALUES (NEW.guid, NEW.bytes) ON CONFLICT (guid) DO UPDATE SET bytes = bytes + NEW.bytes;
END;
CREATE TRIGGER message_dropped AFTER DELETE ON messages BEGIN
  UPDATE rooms SET bytes = bytes - OLD.bytes WHERE guid = OLD.guid;
  DELETE FROM rooms WHERE guid = OLD.guid AND bytes <= 0;
END;
COMMIT;
PRAGMA user_version = 2;
