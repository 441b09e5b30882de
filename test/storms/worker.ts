import '../simulation/function-environment.ts'
import { parentPort, workerData } from 'node:worker_threads'
import type { Measurements, Size } from './kinds/storm.ts'
import { isSectionName, sections } from './sections.ts'

/** What a worker is told: the storm, its size, and what was measured before. */
export type Task = { name: string; size: Size; measurements: Measurements }

const { name, size, measurements } = workerData as Task
if (!isSectionName(name)) throw new Error(`there is no storm ${name}`)
// oxlint-disable unicorn/require-post-message-target-origin -- threads have no origin
const say = (line: string) => parentPort?.postMessage({ line })
const findings = await sections[name].run({ size, measurements, say })
parentPort?.postMessage({ findings })
