// The step itself: the bundle of the action, told to send what is stored.
process.argv.push("redeliver");
require("../dist/action/index.js");
