import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { thirdPartyNotices } from '../../deploy/write-notices.ts'
import { root } from './template.ts'

const notices = await readFile(join(root, 'THIRD-PARTY-NOTICES'), 'utf8')

test('THIRD-PARTY-NOTICES lists what the bundles contain, as npm run notices writes it', async () => {
  expect(await thirdPartyNotices()).toBe(notices)
}, 60_000)

test('every zip holds the licence and the notices', async () => {
  const serverless = await readFile(join(root, 'serverless.yml'), 'utf8')
  expect(serverless).toContain('patterns: [LICENSE, THIRD-PARTY-NOTICES]')
  expect(notices).toContain('@aws-sdk/client-dynamodb')
  expect(notices).toContain('TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION')
})
