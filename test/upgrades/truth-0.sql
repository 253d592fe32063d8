PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE files (name TEXT NOT NULL, truth INT NOT NULL);
INSERT INTO files VALUES('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',1);
INSERT INTO files VALUES('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',1);
COMMIT;
PRAGMA user_version = 0;
