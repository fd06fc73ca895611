// How anything thrown is told, and what of it is not shown.
import { expect, test } from "vitest";
import { UserError } from "../../../src/errors.ts";
import { problemsOf } from "../../../src/secrets/thrown.ts";

const env = { SLACK: "https://hooks.example.com/T0000ABCDEFGH", PATH: "/usr/local/bin" };

test("an error of this program keeps its place, and loses what may be secret of its message and its stack", () => {
	const error = new TypeError("cannot send to https://hooks.example.com/T0000ABCDEFGH from /usr/local/bin");
	const [problem] = problemsOf(error, env);
	expect(problem).toMatchObject({
		code: "internal",
		message: "internal error: cannot send to https://hooks.example.com*** from /usr/local/bin",
		remedy: "this is a bug in pipeline-hooks; please report it with these lines",
	});
	expect(problem.frame).toContain("TypeError: cannot send to https://hooks.example.com*** from /usr/local/bin\n");
	expect(problem.frame).toMatch(/thrown\.test\.ts:\d+:\d+/);
});

test("what the system refused is not called a bug", () => {
	const error = Object.assign(new Error("ENOSPC: no space left on device, write"), {
		code: "ENOSPC",
		syscall: "write",
	});
	expect(problemsOf(error, env)[0].remedy).toBe(
		"the system refused it with ENOSPC; where it should not have, please report it with these lines",
	);
});

test("what is no error is told as well", () => {
	expect(problemsOf("thrown as text", env)[0].message).toBe("internal error: thrown as text");
});

test("a mistake of the user is told as it is", () => {
	const { problems } = new UserError({ code: "event", message: 'unknown event "T0000ABCDEFGH"', remedy: "" });
	expect(problemsOf(new UserError(...problems), env)).toEqual(problems);
});
