/** A DynamoDB engine. `locate` returns how to start it on this machine, or why it cannot run (`missing`). */
export type Engine = {
  name: string
  patienceMs: number
  locate(): Promise<
    { command: string; prepare(port: number, folder: string, isKept: boolean): Run } | { missing: string }
  >
}

/** One run of an engine: its command-line arguments, and a step to run once it answers. */
export type Run = { args: string[]; whenReady?(): void }
