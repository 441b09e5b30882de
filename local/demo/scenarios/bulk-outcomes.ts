/** One kind of device in the bulk request: the simulator's behaviour, and the expected result. */
export type BulkOutcome = {
  iccidEnd: string
  devices: number
  about: string
  status: 'succeeded' | 'failed' | 'expired'
  /** The expected error code, if the device does not succeed. */
  code?: string
  /** The number of callbacks for each such device. */
  messages: number
}

const fault = 'INPUT_INVALID.Device.Account.Invalid'

/**
 * A thousand devices with every kind of outcome except two different final results for one device. The queue has no order,
 * so it would be random which of them arrives first.
 */
export const bulkOutcomes: readonly BulkOutcome[] = [
  { iccidEnd: '9001', devices: 408, about: 'success', status: 'succeeded', messages: 1 },
  { iccidEnd: '9002', devices: 120, about: 'warning, then success', status: 'succeeded', messages: 2 },
  { iccidEnd: '9004', devices: 60, about: 'warning, then failure', status: 'failed', code: '1.2,4.2', messages: 2 },
  { iccidEnd: '9005', devices: 80, about: 'failed', status: 'failed', code: '1.2,4.2', messages: 1 },
  {
    iccidEnd: '9006',
    devices: 20,
    about: 'failed, in other members',
    status: 'failed',
    code: '8.2.1,3.3',
    messages: 1,
  },
  { iccidEnd: '9007', devices: 40, about: 'expired at ThingSpace', status: 'expired', code: '1.6,5.3', messages: 1 },
  { iccidEnd: '9008', devices: 40, about: 'fault', status: 'failed', code: fault, messages: 1 },
  { iccidEnd: '9009', devices: 20, about: 'fault, with null members', status: 'failed', code: fault, messages: 1 },
  {
    iccidEnd: '9010',
    devices: 20,
    about: 'fault: the device is already active',
    status: 'failed',
    code: 'REQUEST_FAILED.DeviceAlreadyActive',
    messages: 1,
  },
  { iccidEnd: '9011', devices: 50, about: 'the same message three times', status: 'succeeded', messages: 3 },
  { iccidEnd: '9012', devices: 40, about: 'success, then its warning', status: 'succeeded', messages: 2 },
  { iccidEnd: '9013', devices: 30, about: 'other identifiers', status: 'succeeded', messages: 1 },
  { iccidEnd: '9014', devices: 20, about: 'Pascal case', status: 'succeeded', messages: 1 },
  { iccidEnd: '9015', devices: 20, about: 'no opening brace', status: 'succeeded', messages: 1 },
  { iccidEnd: '9019', devices: 10, about: 'callback before the answer', status: 'succeeded', messages: 1 },
  { iccidEnd: '9021', devices: 20, about: 'numbers as strings', status: 'succeeded', messages: 1 },
  {
    iccidEnd: '9023',
    devices: 2,
    about: 'unknown device, ThingSpace refuses its whole POST',
    status: 'failed',
    code: 'REQUEST_FAILED.DeviceNotFound',
    messages: 0,
  },
]
