import { buildConsole } from './build-console.ts'

/**
 * A plugin of the Serverless Framework. It builds the console before `package`, `deploy` and `deploy function`, so that
 * the zip of describe-api has it however it is packaged.
 */
export default class PackageConsole {
  readonly hooks: Readonly<Record<string, () => Promise<void>>>

  constructor() {
    const hook = async () => {
      await buildConsole()
    }
    this.hooks = { 'before:package:initialize': hook, 'before:deploy:function:initialize': hook }
  }
}
