/** What keep-listener found last; a change of it is an event. */
export type ListenerRecord = {
  accountName: string
  service: string
  state: string
  checkedAt: number
  /** What ThingSpace said when it refused our registration. */
  refusal?: string
}

export type ListenerStore = { saveListener(record: ListenerRecord): Promise<void> }
