// Webhooks whose URL is one of NATS: what they cannot have, and where that is said.
import { describe, expect, it } from "vitest";
import { makeMessage } from "../../../src/deliver/message.ts";
import { isGate } from "../../../src/model/delivery.ts";
import { parseReference } from "../../../src/model/reference.ts";
import { PRESET_NAMES } from "../../../src/presets/index.ts";
import { delivery, preset, webhook } from "../../helpers/make.ts";
import { mistakes, onlyProblem } from "../../helpers/parse.ts";

const NATS = 'url = "nats://localhost/ci.events"';
const hook = (...keys: readonly string[]) => `[[hook.webhooks.ping]]\n${keys.join("\n")}\n`;
const GATE = "a gate needs a response that allows or denies, and NATS gives none";
const SLACK = "preset slack makes messages for Slack itself, and the url is one of NATS";

describe("a webhook on NATS", () => {
	it.each(["generic", "cloudevents", "openmetadata", "datachonk", "service_hook"])("may have preset %s", (name) => {
		expect(mistakes(hook(NATS, `preset = "${name}"`, 'secret = "${S}"', "batch_size = 5"))).toEqual([]);
	});

	it("may have no preset of another service", () => {
		const services = PRESET_NAMES.filter((name) => preset(name).portable !== true);
		expect(services).toEqual(
			"alertmanager arraylake datadog discord google_chat incident_io mattermost ntfy pagerduty slack teams telegram".split(
				" ",
			),
		);
		expect(mistakes(hook(NATS, 'preset = "slack"'))).toEqual([`3:1 ${SLACK}`]);
		expect(onlyProblem(hook(NATS, 'preset = "slack"')).remedy).toBe(
			'set preset = "generic" or "cloudevents", or give the https:// url of Slack',
		);
	});

	it.each([
		[hook(NATS, 'on_failure = "abort"'), `3:1 ${GATE}`],
		[`[defaults]\non_failure = "abort"\n${hook(NATS)}`, `4:1 ${GATE}`],
		[hook('url = "tls://${USER}@nats.example.com/ci"', 'on_failure = "abort"'), `3:1 ${GATE}`],
		[hook(NATS, 'method = "PUT"'), "3:1 method is for HTTP, and the url is one of NATS"],
		[
			`${hook('url = "https://e.x"', 'on_failure = "abort"', 'fallback = "b"')}${hook(NATS, 'name = "b"')}`,
			'4:1 fallback names "b", which publishes on NATS, and a gate needs a response',
		],
		[hook('url = "nats://localhost/ci.*"'), "2:1 url has a subject that nothing can be published to"],
	])("is refused: %j", (source, mistake) => {
		expect(mistakes(source)).toEqual([mistake]);
	});

	it("may have defaults that suit others", () => {
		expect(mistakes(`[defaults.webhook]\nmethod = "PUT"\n${hook(NATS)}`)).toEqual([]);
	});
});

describe("a message whose URL turns out to be one of NATS", () => {
	const url = parseReference("${URL}");
	const made = (given: Parameters<typeof webhook>[0]) =>
		makeMessage(delivery(webhook({ url, ...given })), { URL: "nats://localhost/ci.events" });

	it("is published under its delivery id, with its body, whatever the method", () => {
		for (const method of [undefined, "GET"]) {
			expect(made({ method })).toMatchObject({
				method: "PUB",
				target: "nats://localhost:4222/…",
				body: expect.any(Uint8Array),
				proxy: undefined,
				headers: {
					"Content-Type": "application/json",
					"X-Rocky-Event": "pipeline_error",
					"X-Rocky-Delivery": expect.stringMatching(/^dlv_/),
					"Nats-Msg-Id": expect.stringMatching(/^dlv_/),
				},
			});
		}
	});

	it("has its id even where the hook has a header of that name", () => {
		const headers = new Map([["nats-msg-id", parseReference("mine")]]);
		expect(made({ headers })).toMatchObject({ headers: { "Nats-Msg-Id": expect.stringMatching(/^dlv_/) } });
	});

	it("goes through no proxy", () => {
		const env = { URL: "tls://nats.example.com/ci", HTTPS_PROXY: "http://proxy:1", ALL_PROXY: "http://proxy:1" };
		expect(makeMessage(delivery(webhook({ url })), env)).toMatchObject({ proxy: undefined });
	});

	it("is not made for a gate, or for another service", () => {
		const gate = webhook({ url, onFailure: "abort" });
		expect(isGate(gate)).toBe(true);
		expect(made({ onFailure: "abort" })).toMatchObject({
			cause: "invalid_message",
			reason: `${GATE}; set on_failure = "warn", or give it an https:// url`,
		});
		expect(made({ preset: preset("slack") })).toMatchObject({
			cause: "invalid_message",
			reason: expect.stringContaining(SLACK),
		});
	});
});
