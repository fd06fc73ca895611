// Which parts are plain words, and which are taken for credentials.
import { expect, it } from "vitest";
import { isPlain } from "../../../src/secrets/parts.ts";

it.each([
	..."webhooks services catch hooks eu-central-1 us-east-1b data_warehouse /api/v2/enqueue myEvents 2026-04-02".split(
		" ",
	),
	..."workflows stage2 acme/data-warehouse Rhythm schedules INCOMING triggers.manual".split(" "),
	"",
])("%j is plain", (text) => expect(isPlain(text)).toBe(true));

it.each([
	..."8812345 bzq91xk s3cr3t9 T0000ABCDEFGH B0ABCDEF1 xoxb-12345-67890 bzqxkwp AbCdEfGhIj hunter2hunter2".split(" "),
	..."550e8400-e29b-41d4-a716-446655440000 qwertyuiopasdfghjkl AKIAIOSFODNN7EXAMPLE".split(" "),
])("%j is not", (text) => expect(isPlain(text)).toBe(false));
