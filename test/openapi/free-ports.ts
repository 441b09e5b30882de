import { readSettings, type Settings } from '../../local/settings.ts'

const ports = ['LOCAL_PORT', 'LOCAL_ISSUER_PORT', 'LOCAL_SIMULATOR_PORT', 'LOCAL_SIMULATOR_CONTROL_PORT']

/** Settings of a stack on free ports. */
export const freePorts = (environment: Readonly<Record<string, string>>): Settings =>
  readSettings({ ...Object.fromEntries(ports.map((name) => [name, '0'])), ...environment })
