// A page in a frame is an MCP app, whose host is the window around it.
const isApp = window.parent !== window;
const source = isApp ? new App() : new Loopback();
const questions = new Questions(isApp ? "The call has no result yet." : "No question waits. A question appears here when an agent asks for a change that needs your yes.");
const ready = source.start();
const tabs = new Tabs((name) => attempt(async () => {
	await ready;
	await { history: historyView, compare, configuration }[name]?.open();
}));
const compare = new Compare(source, () => tabs.select(byID("tab-compare")));
const historyView = new History(source, compare);
const configuration = new Configuration(source);

attempt(async () => {
	await ready;
	questions.begin();
	source.subject().then((subject) => questions.setSubject(subject), (error) => complain(error.message));
	await source.watch(questions);
});
