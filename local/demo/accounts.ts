/** The accounts of the demo: those of Verizon's examples, and one for each scenario that counts its own calls. */
export const accounts = {
  blanks: '4 3TOM HPN2 S',
  documented: '1223334444-00001',
  global: '0000123456-00001',
  bulk: '0000123456-00002',
  outage: '0000123456-00003',
  lostAnswer: '0000123456-00004',
  repeats: '0000123456-00005',
  refusals: '0000123456-00006',
  notUnderstood: '0000123456-00007',
  ordersAgain: '0000123456-00008',
} as const
