/** What those who ask should know of the service's part in the market. */
export interface ServiceHealth {
  /** Why nothing can be posted at present, in a sentence; null where all is well. */
  trouble: string | null
  /** The newest block. */
  block: number
}
