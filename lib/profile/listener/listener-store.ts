/** The last result of keep-listener for an account and service. A change of state can raise an event. */
export type ListenerRecord = {
  accountName: string
  service: string
  state: string
  /** Epoch milliseconds. */
  checkedAt: number
  /** ThingSpace's message, if it refused our registration. */
  refusal?: string
}

export type ListenerStore = { saveListener(record: ListenerRecord): Promise<void> }
