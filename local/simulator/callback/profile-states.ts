import type { Action, Family } from '../actions.ts'

type ProfileState = { state: string; profileStatus: string | undefined }

/**
 * The service state and profile status that a success reports. The spelling is that of the documented example, if there is
 * one: `disable` in lower case, and ENABLE after a Global download. The status after a delete is not documented; DELETE is
 * a filter value of Verizon's device list.
 */
export const resultingState = (action: Action, family: Family): ProfileState => {
  const active = family === 'global' ? 'ACTIVE' : 'Active'
  switch (action) {
    case 'download':
    case 'setfallbackattribute':
    case 'serviceplan':
    case 'activate_enable':
    case 'enable':
      return { state: active, profileStatus: 'ENABLE' }
    case 'download_enable':
      return { state: active, profileStatus: 'DOWNLOAD_ENABLE' }
    case 'download_disable':
      return { state: active, profileStatus: 'DOWNLOAD_DISABLE' }
    case 'disable':
      return { state: active, profileStatus: 'disable' }
    case 'delete':
      return { state: active, profileStatus: 'DELETE' }
    case 'activate':
    case 'renew_activation_code':
      return { state: active, profileStatus: 'Not Downloaded' }
    case 'deactivate':
      return { state: family === 'global' ? 'DEACTIVE' : 'Deactive', profileStatus: undefined }
    case 'profile_suspend':
    case 'device_suspend':
      return { state: 'SUSPEND', profileStatus: 'ENABLE' }
    case 'profile_resume':
    case 'device_resume':
      return { state: active, profileStatus: 'ENABLE' }
  }
}
