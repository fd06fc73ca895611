// What the report of a crash does not show.
import { expect, test } from "vitest";
import { asUserError, UserError } from "../../../src/errors.ts";
import { withoutSuspects } from "../../../src/report/crash.ts";

const env = { SLACK: "https://hooks.example.com/T0000ABCDEFGH", PATH: "/usr/local/bin" };

test("an error of this program keeps its place, and loses what may be secret of its message and its stack", () => {
	const error = new TypeError("cannot send to https://hooks.example.com/T0000ABCDEFGH from /usr/local/bin");
	const [problem] = withoutSuspects(asUserError(error).problems, env);
	expect(problem?.message).toBe("internal error: cannot send to *** from /usr/local/bin");
	expect(problem?.frame).toContain("TypeError: cannot send to *** from /usr/local/bin\n");
	expect(problem?.frame).toMatch(/crash\.test\.ts:\d+:\d+/);
});

test("a mistake of the user is told as it is", () => {
	const { problems } = new UserError({ code: "event", message: 'unknown event "T0000ABCDEFGH"', remedy: "" });
	expect(withoutSuspects(problems, env)).toEqual(problems);
});
