// The npm scripts preload this file. It is plain JavaScript, because older Node versions cannot load TypeScript.
const version = process.versions.node
if (Number(version.split('.')[0]) < 24) {
  process.stderr.write(
    `The local stack needs Node 24, but this is Node ${version}. Install it, or use "npm start" where npm provides it.\n`,
  )
  process.exit(1)
}
