// Every preset of this build: one file and one line here each.
export { datadog } from "./datadog.ts";
export { generic } from "./generic.ts";
export { pagerduty } from "./pagerduty.ts";
export { slack } from "./slack.ts";
export { teams } from "./teams.ts";
