/** How to start an engine on this machine, or the reason why it cannot. */
export type Engine = {
  name: string
  patienceMs: number
  locate(): Promise<
    { command: string; prepare(port: number, folder: string, isKept: boolean): Run } | { missing: string }
  >
}

/** One run of an engine: its arguments, and what to do once it answers. */
export type Run = { args: string[]; whenReady?(): void }
