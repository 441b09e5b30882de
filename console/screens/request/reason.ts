import type { Device } from '../../api/requests.ts'

/** Why a device has its status: code and text of the fault, otherwise of the eUICC, otherwise of the submission's error. */
export function reasonOf({ result, error }: Device): string {
  const texts = [
    [result?.fault?.code, result?.fault?.message],
    [result?.euicc?.code, result?.euicc?.description],
    [result?.note],
    [error?.code, error?.message],
  ].map((parts) => parts.filter((part) => part !== undefined && part !== '').join(': '))
  return texts.find((text) => text !== '') ?? ''
}
