// Imported before anything that an old Node could not read: plain language on purpose.
var version = process.versions.node.split('.').map(Number);
if (version[0] < 20 || (version[0] === 20 && version[1] < 19)) {
  process.stderr.write(
    '\nLinger needs Node.js 20.19 or later; this is ' +
      process.versions.node +
      '. Install a newer one from nodejs.org, then run the command again.\n',
  );
  process.exit(1);
}
