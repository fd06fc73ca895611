// The step itself: the bundle of the action, told that the job begins.
process.argv.push("start");
require("../dist/action/index.js");
