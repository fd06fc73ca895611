// What the runner calls when the job ends: the bundle of the action, told so.
process.argv.push("end");
require("../dist/action/index.js");
