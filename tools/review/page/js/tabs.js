// Tabs switches between the views: by pointer, or with the arrow keys, Home and End.
class Tabs {
	constructor(open) {
		this.open = open; // called with the name of a view when it is shown
		this.tabs = [...document.querySelectorAll('[role="tab"]')];
		for (const [i, tab] of this.tabs.entries()) {
			tab.addEventListener("click", () => this.select(tab));
			tab.addEventListener("keydown", (event) => {
				const next = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: -1 }[event.key];
				if (next === undefined) return;
				event.preventDefault();
				const other = this.tabs.at(next % this.tabs.length);
				this.select(other);
				other.focus();
			});
		}
	}

	// select shows the view of a tab.
	select(chosen) {
		for (const tab of this.tabs) {
			const isChosen = tab === chosen;
			tab.setAttribute("aria-selected", String(isChosen));
			tab.tabIndex = isChosen ? 0 : -1;
			byID(tab.getAttribute("aria-controls")).hidden = !isChosen;
		}
		announce("");
		complain("");
		this.open(chosen.id.replace("tab-", ""));
	}
}
