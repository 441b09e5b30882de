import type { Settings, ThingSpaceAccess } from './settings.ts'
import { StartError } from './start-error.ts'
import type { SimulatorOptions } from './simulator/settings.ts'
import { createThingSpaceSimulator } from './simulator/simulator.ts'
import type { ThingSpaceSimulator } from './simulator/thingspace-simulator.ts'

export type RunningThingSpace = {
  access: ThingSpaceAccess
  /** Undefined if the stack uses an external ThingSpace. */
  simulator: ThingSpaceSimulator | undefined
  controlUrl: string | undefined
  stop: () => Promise<void>
}

/** Returns access to the external ThingSpace of the settings. If they name none, starts a simulator in this process. */
export async function startThingSpace(
  { thingSpace, ports }: Settings,
  options: SimulatorOptions = {},
): Promise<RunningThingSpace> {
  if (thingSpace !== undefined) {
    return { access: thingSpace, simulator: undefined, controlUrl: undefined, stop: async () => undefined }
  }
  const simulator = createThingSpaceSimulator({
    ...options,
    port: ports.simulator,
    controlPort: ports.simulatorControl,
  })
  try {
    const { baseUrl, controlUrl } = await simulator.start()
    const { oauthKey, oauthSecret, username, password } = simulator.settings
    const access = { baseUrl: `${baseUrl}/api`, oauthKey, oauthSecret, username, password }
    return { access, simulator, controlUrl, stop: simulator.stop }
  } catch (error) {
    throw error instanceof Error && error.message.includes('already in use')
      ? new StartError(
          `The ThingSpace simulator cannot start: ${error.message}. Set LOCAL_SIMULATOR_PORT or LOCAL_SIMULATOR_CONTROL_PORT.`,
        )
      : error
  }
}
