import * as z from 'zod/mini'

// The content security policy forbids eval, with which zod compiles schemas. Import this file before any schema.
z.config({ jitless: true })
