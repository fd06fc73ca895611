// Every preset of this build: one file and one line here each, under the name that a config writes.
export { alertmanager } from "./alertmanager.ts";
export { arraylake } from "./arraylake.ts";
export { cloudevents } from "./cloudevents.ts";
export { datachonk } from "./datachonk.ts";
export { datadog } from "./datadog.ts";
export { discord } from "./discord.ts";
export { generic } from "./generic.ts";
export { googleChat as google_chat } from "./google-chat.ts";
export { incidentIo as incident_io } from "./incident-io.ts";
export { mattermost } from "./mattermost.ts";
export { ntfy } from "./ntfy.ts";
export { openmetadata } from "./openmetadata.ts";
export { pagerduty } from "./pagerduty.ts";
export { serviceHook as service_hook } from "./service-hook.ts";
export { slack } from "./slack.ts";
export { teams } from "./teams.ts";
export { telegram } from "./telegram.ts";
