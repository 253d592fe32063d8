import { Readable } from 'node:stream'
import { PolyswarmdClient } from '../client/polyswarmd-client.ts'
import { TestMarket } from '../market.fixture.ts'

/** A market with a daemon of which only the artifacts are of interest. */
export class ArtifactMarket {
  readonly market: TestMarket

  private constructor(market: TestMarket) {
    this.market = market
  }

  static async start(): Promise<ArtifactMarket> {
    return new ArtifactMarket(await TestMarket.start())
  }

  client(): PolyswarmdClient {
    const retry = { tries: 2, firstDelay: 1, maxDelay: 1 }
    const { address } = this.market.accounts.engine.account
    return new PolyswarmdClient({ url: new URL(this.market.url), account: address, chain: 'side', retry })
  }

  /** Uploads artifacts. @returns their common address, and a client that can fetch them. */
  readonly upload = async (contents: readonly Uint8Array[]): Promise<{ client: PolyswarmdClient; uri: string }> => {
    const client = this.client()
    const uri = await client.uploadArtifacts(() => {
      const parts = contents.map((content, index) =>
        Buffer.concat([
          Buffer.from(`--b\r\nContent-Disposition: form-data; name="file"; filename="${index}"\r\n\r\n`),
          content,
          Buffer.from('\r\n'),
        ]),
      )
      const content = Readable.from([Buffer.concat([...parts, Buffer.from('--b--\r\n')])])
      return { contentType: 'multipart/form-data; boundary=b', content }
    })
    return { client, uri }
  }

  stop(): Promise<void> {
    return this.market.stop()
  }
}
