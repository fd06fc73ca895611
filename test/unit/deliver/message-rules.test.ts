// What ties stored messages together, also where a message cannot be made.
import { expect, test } from "vitest";
import { MESSAGE_RULES } from "../../../src/deliver/message-rules.ts";
import { delivery, event, preset, webhook } from "../../helpers/make.ts";

test("a key that cannot be made for whatever reason is the usual one", () => {
	const usual = delivery(webhook(), event());
	const broken = {
		...preset("generic"),
		service: () => {
			throw new RangeError("Maximum call stack size exceeded");
		},
	};
	const key = MESSAGE_RULES.keyOf(usual, {});
	expect(key).toMatch(/^[0-9a-f]{32}$/);
	expect(MESSAGE_RULES.keyOf(delivery(webhook({ preset: broken }), event()), {})).toBe(key);
});
