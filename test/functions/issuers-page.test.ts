import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { deploymentWith } from '../deployment.ts'
import { parseYaml } from '../../local/deployment/yaml.ts'
import { type TokenShapeName, tokenShapes } from '../../local/issuer/token-shapes.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/issuers.md'), 'utf8')

/** The first code block of a section in a language. */
const blockOf = (heading: string, language: string): string => {
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  return new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(section)?.[1] ?? ''
}

const sections: readonly [string, TokenShapeName][] = [
  ['Cognito', 'cognito'],
  ['Entra ID', 'entra'],
  ['Auth0', 'auth0'],
  ['Keycloak', 'keycloak'],
]

describe.each(sections)('the recipe for %s', (heading, shape) => {
  test('has exactly the parameters with which its tokens are tested', () => {
    const { jwtIssuer, jwtAudience, ...others } = parseYaml(blockOf(heading, 'yaml'), 'docs/issuers.md') as Record<
      string,
      string
    >
    expect(others).toEqual(tokenShapes[shape].params)
    const { authorizers } = deploymentWith({ ...others, jwtIssuer: jwtIssuer ?? '' })
    expect(authorizers.get('callers')).toMatchObject({ issuerUrl: jwtIssuer })
    expect(Array.isArray(jwtAudience)).toBe(true)
  })

  test('shows a token with the claims that are tested', () => {
    const shown = Object.keys(JSON.parse(blockOf(heading, 'json')) as object)
    const content = { issuer: 'i', audience: 'a', subject: 's', scopes: [], accounts: [], issuedAt: 0, expiresAt: 1 }
    const tested = Object.keys(tokenShapes[shape].accessToken(content))
    expect(shown.filter((name) => name !== 'jti').toSorted()).toEqual(
      tested.filter((name) => name !== 'allowed-origins').toSorted(),
    )
  })
})
