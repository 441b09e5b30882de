import { account } from '../../builders.ts'

let made = 0

/**
 * The body of an order for new devices. The last four digits tell the simulator what to do with a device. It sends
 * nothing for 9016, so that the bench can send the callback.
 */
export function newOrder(devices: number, ending: '9001' | '9016'): string {
  const list = Array.from({ length: devices }, () => {
    made += 1
    const number = String(made).padStart(7, '0')
    return {
      deviceIds: [
        { kind: 'eid', id: `890330230000000000000${number}${ending}` },
        { kind: 'iccid', id: `89148000${number}${ending}` },
      ],
    }
  })
  return JSON.stringify({ accountName: account, smsrOid: '1.3.6.1.4.1.31746.1.500.200.101.5', devices: list })
}
