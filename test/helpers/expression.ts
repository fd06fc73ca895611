// GitHub's expressions, evaluated by GitHub's own code, with the functions that ask how the job stands.
import { data, Evaluator, Lexer, Parser } from "@actions/expressions";

/** How a job or a step ends, or stands so far. */
export type Conclusion = "success" | "failure" | "cancelled" | "skipped";

export type Values = Readonly<Record<string, data.ExpressionData>>;

/** The value of an expression, without its `${{ }}`. */
export function evaluate(expression: string, contexts: Values, status: Conclusion): data.ExpressionData {
	const asks = (name: string, is: boolean) => ({
		name,
		minArgs: 0,
		maxArgs: 0,
		call: () => new data.BooleanData(is),
	});
	const functions = [
		asks("success", status === "success"),
		asks("failure", status === "failure"),
		asks("cancelled", status === "cancelled"),
		asks("always", true),
	];
	const { tokens } = new Lexer(expression).lex();
	const tree = new Parser(tokens, Object.keys(contexts), functions).parse();
	const known = new Map(functions.map((info) => [info.name, info]));
	return new Evaluator(tree, dictionary(contexts), known).evaluate();
}

export function strings(values: Readonly<Record<string, string>>): data.Dictionary {
	return dictionary(Object.fromEntries(Object.entries(values).map(([key, text]) => [key, new data.StringData(text)])));
}

export function dictionary(values: Values): data.Dictionary {
	return new data.Dictionary(...Object.entries(values).map(([key, value]) => ({ key, value })));
}
