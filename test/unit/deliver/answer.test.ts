// What any answer means to a gate: a yes, or a denial with a reason, whatever its body is.
import fc from "fast-check";
import { expect, it } from "vitest";
import { judge } from "../../../src/deliver/answer.ts";
import { isObject, parseJson } from "../../../src/json.ts";
import { answer } from "../../helpers/fakes.ts";
import { delivery, preset, webhook } from "../../helpers/make.ts";
import { oddText } from "../../helpers/odd-text.ts";

const allow = fc.oneof(
	fc.constantFrom("true", "false", "null", '"true"', "1", "{}", "[]", "tru", ""),
	fc.tuple(fc.constantFrom("[]", "{}"), fc.integer({ min: 1, max: 20_000 })).map(([brackets, depth]) => {
		const [open = "", close = ""] = brackets === "[]" ? ["[", "]"] : ['{"a":', "}"];
		return `${open.repeat(depth)}${close.repeat(depth)}`.replace(":}", ":1}");
	}),
);
const body = fc.oneof(
	fc.tuple(allow, oddText).map(([value, reason]) => `{"allow": ${value}, "reason": ${JSON.stringify(reason)}}`),
	allow.map((value) => `{"allow": ${value}}`),
	allow,
	oddText,
);

it("is a denial in one short line unless the body has no `allow` or one that is true, and never a crash", () => {
	const type = fc.constantFrom("application/json", "application/problem+json; charset=utf-8", "text/plain");
	const name = fc.constantFrom("generic", "slack", "teams", "pagerduty", "datadog", "discord");
	fc.assert(
		fc.property(body, type, name, (text, contentType, presetName) => {
			const service = preset(presetName);
			const gate = delivery(webhook({ preset: service, onFailure: "abort" }));
			const judgement = judge(gate, service, answer(200, text, { "content-type": contentType }));
			const said = parseJson(text);
			if (judgement.kind === "delivered") {
				expect(isObject(said) && Object.hasOwn(said, "allow") ? said["allow"] : true).toBe(true);
			} else {
				expect(judgement).toMatchObject({
					kind: "final",
					reason: expect.stringMatching(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{1,600}$/u),
				});
			}
		}),
		{ numRuns: 200 },
	);
});
