/** The last result of keep-listener for an account and service. A change of state can raise an event. */
export type ListenerRecord = {
  accountName: string
  service: string
  state: string
  /** Epoch milliseconds. */
  checkedAt: number
  /** ThingSpace's message, if it refused our registration. */
  refusal?: string | undefined
  /** The last state that was read from ThingSpace, and when. A check that ThingSpace did not answer does not change it. */
  known?: { state: string; at: number } | undefined
}

export type ListenerStore = {
  /** Saves the result of a check. If it has no `known`, the stored one stays. */
  saveListener(record: ListenerRecord): Promise<void>
  /** The records of all services of an account, from an eventually consistent read. */
  listListeners(accountName: string): Promise<ListenerRecord[]>
}
