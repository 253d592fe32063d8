import type { WebhookStanding } from '@polyswarm/participants/runtime'
import { parseJson, stringifyJson } from '@polyswarm/protocol'
import type { Database, Row } from './database.js'

/** Where a customer is told of its submissions. */
export interface Webhook {
  id: number
  account: number
  uri: string
  /** What deliveries are signed with. */
  secret: string
  enabled: boolean
  /** Names of events; all where there are none. */
  events: string[]
  /** How it stood when it was last used. */
  standing: WebhookStanding | undefined
  /** The last turn of a submission that it was told of, or did not ask for. */
  place: WebhookPlace
}

/** Submissions are told of in the order in which they came into their states. */
export interface WebhookPlace {
  turned: number
  instance: bigint
}

/** What can be changed of a webhook. */
export type WebhookSettings = Pick<Webhook, 'uri' | 'secret' | 'enabled' | 'events'>

/** Larger than each id. */
const LAST = 2n ** 63n - 1n

/** The webhooks of all accounts. */
export class WebhookBook {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** @param turned what has happened until then is not told. */
  async add(account: number, settings: WebhookSettings, turned: number, now: number): Promise<Webhook> {
    const { uri, secret, enabled, events } = settings
    const row = await this.#db.get(
      `INSERT INTO webhooks (account, uri, secret, status, events, turned, instance, created)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING *`,
      ...[account, uri, secret, statusOf(enabled), textOf(events), turned, LAST, now],
    )
    return webhookOf(row ?? {})
  }

  async get(account: number, id: number): Promise<Webhook | undefined> {
    const row = await this.#db.get('SELECT * FROM webhooks WHERE account = ? AND id = ?', account, id)
    return row && webhookOf(row)
  }

  /** The webhooks of an account, the oldest first. */
  async ofAccount(account: number): Promise<Webhook[]> {
    return (await this.#db.all('SELECT * FROM webhooks WHERE account = ? ORDER BY id', account)).map(webhookOf)
  }

  /** All that are to be told. */
  async enabled(): Promise<Webhook[]> {
    return (await this.#db.all("SELECT * FROM webhooks WHERE status = 'enabled' ORDER BY id")).map(webhookOf)
  }

  /** A webhook that leads elsewhere, or has another secret, has to answer a ping first. */
  async change({ id }: Webhook, { uri, secret, enabled, events }: WebhookSettings): Promise<void> {
    await this.#db.run(
      `UPDATE webhooks SET standing = CASE WHEN uri = ?2 AND secret = ?3 THEN standing ELSE NULL END,
        uri = ?2, secret = ?3, status = ?4, events = ?5 WHERE id = ?1`,
      ...[id, uri, secret, statusOf(enabled), textOf(events)],
    )
  }

  async setStanding(id: number, standing: WebhookStanding): Promise<void> {
    await this.#db.run('UPDATE webhooks SET standing = ? WHERE id = ?', textOf(standing), id)
  }

  /** It was told up to here. */
  async setPlace(id: number, { turned, instance }: WebhookPlace): Promise<void> {
    await this.#db.run('UPDATE webhooks SET turned = ?, instance = ? WHERE id = ?', turned, instance, id)
  }

  async delete({ id }: Webhook): Promise<void> {
    await this.#db.run('DELETE FROM webhooks WHERE id = ?', id)
  }
}

function webhookOf(row: Row): Webhook {
  return {
    id: Number(row.id),
    account: Number(row.account),
    ...{ uri: String(row.uri), secret: String(row.secret), enabled: row.status === 'enabled' },
    events: parseJson(String(row.events)) as string[],
    standing: row.standing === null ? undefined : (parseJson(String(row.standing)) as WebhookStanding),
    place: { turned: Number(row.turned), instance: row.instance as bigint },
  }
}

function statusOf(enabled: boolean): string {
  return enabled ? 'enabled' : 'disabled'
}

function textOf(value: unknown): string {
  return stringifyJson(value) ?? 'null'
}
