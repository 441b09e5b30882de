// Plain JavaScript, preloaded by the npm scripts: an older Node cannot even read the TypeScript that would check it.
const version = process.versions.node
if (Number(version.split('.')[0]) < 24) {
  process.stderr.write(
    `The local stack needs Node 24, and this is Node ${version}: install it, or use "npm start" where npm brings it.\n`,
  )
  process.exit(1)
}
