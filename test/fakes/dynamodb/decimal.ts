/**
 * Adds in decimal like DynamoDB: 0.1 + 0.2 is 0.3. Binary addition in a fake would hide differences from production.
 */
export function addDecimal(a: number, b: number): number {
  if (Number.isInteger(a) && Number.isInteger(b)) return a + b
  const x = split(a)
  const y = split(b)
  const scale = Math.max(x.scale, y.scale)
  const sum = x.digits * 10n ** BigInt(scale - x.scale) + y.digits * 10n ** BigInt(scale - y.scale)
  return Number(`${sum}e-${scale}`)
}

function split(value: number): { digits: bigint; scale: number } {
  const [mantissa = '0', exponent = '0'] = String(value).split('e')
  const [whole = '0', fraction = ''] = mantissa.split('.')
  const scale = fraction.length - Number(exponent)
  const digits = BigInt(whole + fraction)
  return scale >= 0 ? { digits, scale } : { digits: digits * 10n ** BigInt(-scale), scale: 0 }
}
