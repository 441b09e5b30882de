import type { ConsoleSettings } from './settings.ts'

/**
 * Allows only files of this origin, and calls to this origin and the issuer. There are no inline scripts or styles.
 */
export function contentSecurityPolicy({ issuer, issuerOrigins }: ConsoleSettings): string {
  const origins = new Set([new URL(issuer).origin, ...issuerOrigins])
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    ["connect-src 'self'", ...origins].join(' '),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ')
}

/** The page that loads the console. URLs are relative, so that it also works under a base path. */
export const consolePage = ({ script, style }: { script: string; style: string }): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>ThingSpace Profile Gateway</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="console/${style}" />
    <script type="module" src="console/${script}"></script>
  </head>
  <body>
    <div id="console"></div>
    <noscript>The console needs JavaScript. The HTTP API offers everything that it shows.</noscript>
  </body>
</html>
`
