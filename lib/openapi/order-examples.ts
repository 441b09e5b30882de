import type { BodyRule } from '../profile/order/actions.ts'
import type { BodyField, BodyFields } from '../profile/order/body-fields.ts'
import type { IdentifierKind } from '../profile/order/identifiers.ts'

/** Identifiers and values from ThingSpace's documentation, with digits where its pages have placeholders. */
const identifiers: Readonly<Record<IdentifierKind, string>> = {
  eid: '666456789123456789123456784008',
  iccid: '89148000000840784259',
  imei: '666456789014008',
  mdn: '5555551212',
  msisdn: '15555551212',
  min: '5555551212',
  meid: 'A10085E5003861',
  esn: '09311414150',
  imsi: '310170845466094',
}

const values: Readonly<Record<BodyField, unknown>> = {
  accountName: '0000123456-00001',
  smsrOid: '1.3.6.1.4.1.31746.1.500.200.101.5',
  smrsOid: '1.3.6.1.4.1.31746.1.500.200.101.5',
  servicePlan: 'sp4g',
  carrierName: 'Verizon Wireless',
  carrierIpPoolName: 'IPPool1',
  mdnZipCode: '98801',
  reasonCode: 'FF',
  etfWaiver: false,
  etfwaiver: false,
  checkFallbackProfile: false,
  primaryPlaceOfUse: {
    customerName: { title: 'President', firstName: 'Zaffod', lastName: 'Beeblebrox' },
    address: {
      addressLine1: '1600 Pennsylvania Ave NW',
      city: 'Washington',
      state: 'DC',
      zip: '20500',
      country: 'USA',
    },
  },
}

/** Alternative spellings of members. They are accepted but not described. */
const otherSpellings: ReadonlySet<BodyField> = new Set(['etfwaiver', 'smrsOid'])

/** The members that the document describes. */
export const describedFields = ({ required, optional }: BodyFields): BodyFields => ({
  required,
  optional: optional.filter((name) => !otherSpellings.has(name)),
})

/** Builds an example body: one device, and every member of the family. */
export function exampleOrder({ requiredKinds, documentedKinds, fields }: BodyRule) {
  const named = requiredKinds.length > 0 ? requiredKinds : documentedKinds.slice(0, 1)
  const { required, optional } = describedFields(fields)
  return {
    devices: [{ deviceIds: named.map((kind) => ({ kind, id: identifiers[kind] })) }],
    ...Object.fromEntries([...required, ...optional].map((name) => [name, values[name]])),
  }
}
