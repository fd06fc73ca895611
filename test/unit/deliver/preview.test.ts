// What is shown instead of being sent: problems in a dry run, stand-ins where a person only looks.
import { describe, expect, test } from "vitest";
import { preview, previewAnywhere } from "../../../src/deliver/preview.ts";
import { parseReference } from "../../../src/model/reference.ts";
import { delivery, event, preset, shellHook, webhook } from "../../helpers/make.ts";

const reason = (name: string) => `variable ${name} is unset or empty; set it in the step's env`;
const command = delivery(shellHook({ command: "echo", env: new Map([["A", parseReference("${A_TOKEN}")]]) }));
const post = delivery(
	webhook({
		url: parseReference("${HOOK_URL}"),
		secrets: [parseReference("${S}")],
		headers: new Map([["X-K", parseReference("${K:-k}")]]),
	}),
);

describe("preview", () => {
	test("says what would fail, of commands and of webhooks", () => {
		expect(preview(command, {})).toEqual({ kind: "problem", target: "echo", reason: reason("A_TOKEN") });
		expect(preview(post, {})).toMatchObject({ kind: "problem", reason: reason("HOOK_URL") });
		expect(preview(command, { A_TOKEN: "x" })).toMatchObject({ kind: "shell", command: "echo", placeholders: [] });
	});

	test("shows how large a body is, and where a person can look at it", () => {
		const slack = preview(delivery(webhook({ preset: preset("slack") })), {});
		expect(slack).toMatchObject({
			kind: "webhook",
			showcase: expect.stringMatching(/^https:\/\/app\.slack\.com\/block-kit-builder/),
			placeholders: [],
		});
		const { body, sizes } = slack.kind === "webhook" ? slack : { body: "", sizes: [] };
		expect(sizes[0]).toMatchObject({ of: "body", size: Buffer.byteLength(body) });
		expect(preview(delivery(webhook({ method: "GET" })), {})).toMatchObject({ body: "", sizes: [] });
		expect(preview(delivery(webhook()), {})).not.toHaveProperty("showcase");
	});

	test("shows no signature", () => {
		const shown = preview(post, { HOOK_URL: "https://example.com/x", S: "s3cret" });
		expect(shown).toMatchObject({
			target: "https://example.com/…",
			headers: { "X-Rocky-Signature": "(made when sent)", "X-K": "k" },
			notes: [],
		});
	});
});

test("previewAnywhere stands the names of unset variables in, and lists them", () => {
	expect(previewAnywhere(command, {})).toMatchObject({ kind: "shell", command: "echo", placeholders: ["A_TOKEN"] });
	expect(previewAnywhere(command, { A_TOKEN: "x" })).toMatchObject({ placeholders: [] });
	expect(previewAnywhere(post, {})).toMatchObject({
		kind: "webhook",
		target: "${HOOK_URL}",
		notes: [],
		placeholders: ["HOOK_URL", "S"],
	});
});

test("previewAnywhere shows what has no URL, a part of a secret, and any other variable too", () => {
	const pager = webhook({ url: undefined, preset: preset("pagerduty"), options: { routing_key: "${KEY}" } });
	expect(previewAnywhere(delivery(pager), {})).toMatchObject({
		kind: "webhook",
		target: "PagerDuty",
		body: expect.stringContaining('"routing_key":"${KEY}"'),
		placeholders: ["KEY"],
	});
	const signed = webhook({ signatures: ["standard"], secrets: [parseReference("whsec_${KEY}")] });
	expect(previewAnywhere(delivery(signed), {})).toMatchObject({ kind: "webhook", placeholders: ["KEY"] });
	const team = webhook({
		url: parseReference("${HOOK_URL}"),
		headers: new Map([["X-Team", parseReference("${TEAM}")]]),
	});
	expect(previewAnywhere(delivery(team), {})).toMatchObject({
		target: "${HOOK_URL}",
		headers: { "X-Team": "${TEAM}" },
	});
});

test("previewAnywhere makes up no host for what would fail or be skipped", () => {
	const url = parseReference("${HOOK_URL}");
	const failing = webhook({ url, headers: new Map([["X-Team", parseReference("a\nb")]]) });
	expect(previewAnywhere(delivery(failing), {})).toEqual({
		kind: "problem",
		target: "${HOOK_URL}",
		reason: "header X-Team has a character that is not allowed in headers",
	});
	const quiet = webhook({ url, preset: preset("pagerduty"), options: { routing_key: "k" } });
	expect(previewAnywhere(delivery(quiet, event("pipeline_start")), {})).toEqual({
		kind: "nothing",
		target: "${HOOK_URL}",
		reason: "nothing to send: PagerDuty opens no alert for the status started",
	});
});
