const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  console.error(
    `breach-reset needs Node.js 24, the Lambda runtime it is deployed on; this is ${process.version}. ` +
      'npm installs Node 24 into node_modules on Linux (x64, arm64), macOS (arm64) and Windows (x64), where `npx --no breach-reset` and `npm start` use it; elsewhere install it yourself.',
  )
  process.exit(1)
}
