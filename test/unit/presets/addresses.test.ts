// What is known of URLs: retired ones, those for other messages, and those that a preset itself knows.
import { expect, test } from "vitest";
import { allPresets } from "../../../src/config/options.ts";
import { addressNote } from "../../../src/presets/addresses.ts";
import { PRESET_NAMES } from "../../../src/presets/index.ts";
import { preset } from "../../helpers/make.ts";

const about = (url: string, name: string, isTemplate = false) => {
	const note = addressNote(new URL(url), preset(name), isTemplate);
	return note && `${note.what}: ${note.remedy}`;
};

test.each([
	["https://acme.webhook.office.com/webhookb2/s3cret@x/IncomingWebhook/y/z", "webhook.office.com"],
	["https://webhook.office.com/webhookb2/s3cret", "webhook.office.com"],
	["https://outlook.office.com/webhook/s3cret@x/IncomingWebhook/y/z", "outlook.office.com"],
	["https://outlook.office365.com/webhook/s3cret", "outlook.office365.com"],
])("%s is retired, whatever is sent there", (url, host) => {
	for (const name of PRESET_NAMES) {
		const note = `connector URLs of ${host} are retired: make a Workflow in Teams and use its URL`;
		expect(about(url, name)).toBe(note);
		expect(about(url, name, true)).toBe(note);
	}
});

test.each([
	["teams", "https://prod-1.westeurope.logic.azure.com/workflows/x"],
	["teams", "https://evilwebhook.office.com.example/x"],
	["teams", "https://outlook.office.com/mail/x"],
	["slack", "https://hooks.slack.com/services/T0/B0/x"],
	["arraylake", "https://hooks.slack.com/services/T0/B0/x"],
	["slack", "https://example.com/triggers/T0/1/x"],
	["slack", "https://discord.com/api/webhooks/1/x/slack"],
	["discord", "https://discord.com/api/webhooks/1/x?thread_id=1"],
	["discord", "https://canary.discord.com/api/v10/webhooks/1/x"],
	["discord", "https://discord.com/api/webhooks/1/slackers"],
	["discord", "https://relay.example/slack"],
	["generic", "https://example.com/hooks"],
	["google_chat", "https://chat.googleapis.com/v1/spaces/x/messages?key=k&token=t"],
	["pagerduty", "https://events.eu.pagerduty.com/v2/enqueue"],
	["alertmanager", "https://am.example/prefix/api/v2/alerts"],
	["ntfy", "https://ntfy.sh/"],
] as const)("nothing is to be known of %s and %s", (name, url) => {
	expect(about(url, name)).toBeUndefined();
});

test.each([
	["slack", "https://hooks.slack.com/triggers/T0/1/s3cret", "the url starts a workflow"],
	["slack", "https://hooks.slack.com/workflows/T0/A0/1/s3cret", "the url starts a workflow"],
	["discord", "https://discord.com/api/webhooks/1/s3cret/slack", "the url ends in /slack"],
	["discord", "https://discord.com/api/webhooks/1/s3cret/github/", "the url ends in /github"],
	["generic", "https://hooks.slack.com/services/T0/B0/s3cret", "the url takes messages of preset slack"],
	["teams", "https://hooks.slack.com/services/T0/B0/s3cret", "the url takes messages of preset slack"],
	["slack", "https://discord.com/api/webhooks/1/s3cret", "the url takes messages of preset discord"],
	["generic", "https://discordapp.com/api/webhooks/1/s3cret", "the url takes messages of preset discord"],
	["slack", "https://chat.googleapis.com/v1/spaces/s3cret/messages", "the url takes messages of preset google_chat"],
	["generic", "https://events.pagerduty.com/v2/enqueue?s3cret", "the url takes messages of preset pagerduty"],
	["generic", "https://api.us5.datadoghq.com/api/v1/events?s3cret", "the url takes messages of preset datadog"],
] as const)("%s at %s is told, but a template for it is not", (name, url, what) => {
	const note = about(url, name);
	expect(note).toMatch(what);
	expect(note).not.toContain("s3cret");
	expect(about(url, name, true)).toBeUndefined();
});

test.each([
	["alertmanager", "https://am.example/s3cret", "the url does not end in /api/v2/alerts"],
	["ntfy", "https://ntfy.sh/s3cret", "the url has a path, where ntfy reads JSON as plain text"],
] as const)("%s at %s is told, also with a template", (name, url, what) => {
	for (const isTemplate of [false, true]) {
		const note = about(url, name, isTemplate);
		expect(note).toMatch(what);
		expect(note).not.toContain("s3cret");
	}
});

test("a preset's own address suits it", () => {
	for (const { name, options, service } of allPresets()) {
		const given = Object.entries(options).filter(([, { required }]) => required === true);
		const own = service({ token: "1:x", source_id: "x", ...Object.fromEntries(given.map(([key]) => [key, "x"])) });
		const { url } =
			own.request?.([{ definition: { name: "", phase: "", status: "info", title: "" }, context: CONTEXT }], false) ??
			{};
		if (url !== undefined) expect(about(url, name)).toBeUndefined();
	}
});

const CONTEXT = { id: "", event: "", run_id: "", pipeline: "", timestamp: "", status: "info" } as const;
