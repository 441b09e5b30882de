import type { Person } from './people.ts'

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => escapes[character] ?? '')

const styles = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 30rem; margin: 12vh auto; padding: 0 1rem }
h1 { font-size: 1.3rem }
a { display: block; margin: .75rem 0; padding: .75rem 1rem; border: 1px solid; border-radius: .5rem; text-decoration: none; color: inherit }
a:hover, a:focus { outline: 2px solid }
small { display: block }`

/** The sign-in page. Each person is a link, so that nobody needs a password on this machine. */
export function signInPage(people: readonly Person[], linkOf: (person: Person) => string): string {
  const links = people.map(
    (person) =>
      `<a id="${escaped(person.subject)}" href="${escaped(linkOf(person))}"><strong>${escaped(person.name)}</strong><small>${escaped(person.about)}</small></a>`,
  )
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Sign in</title><link rel="icon" href="data:,"><style>${styles}</style></head>
<body><main><h1>Sign in to the local gateway as</h1>
${links.join('\n')}
<p>These people exist on this machine only.</p></main></body>
</html>
`
}
