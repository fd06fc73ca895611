// What is shown instead of being sent: problems in a dry run, stand-ins where a person only looks.
import { describe, expect, test } from "vitest";
import { preview, previewAnywhere } from "../../../src/deliver/preview.ts";
import { parseReference } from "../../../src/model/reference.ts";
import { delivery, shellHook, webhook } from "../../helpers/make.ts";

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
		expect(preview(command, { A_TOKEN: "x" })).toMatchObject({ kind: "shell", command: "echo" });
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
