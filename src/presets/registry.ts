// Every preset of this build: one file and one line here each.
export { arraylake } from "./arraylake.ts";
export { cloudevents } from "./cloudevents.ts";
export { datachonk } from "./datachonk.ts";
export { datadog } from "./datadog.ts";
export { discord } from "./discord.ts";
export { generic } from "./generic.ts";
export { googleChat } from "./google-chat.ts";
export { incidentIo } from "./incident-io.ts";
export { openmetadata } from "./openmetadata.ts";
export { pagerduty } from "./pagerduty.ts";
export { serviceHook } from "./service-hook.ts";
export { slack } from "./slack.ts";
export { teams } from "./teams.ts";
