"use strict";

// The console works without this script. With it, the timeline goes on by itself,
// texts can be copied, and keys move through lists.
(() => {
  for (const time of document.querySelectorAll("time[datetime]")) time.title = time.dateTime;

  // Without a secure context there is no clipboard, and no button.
  for (const button of navigator.clipboard ? document.querySelectorAll("[data-copy]") : []) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = document.getElementById(button.dataset.copy);
      try {
        await navigator.clipboard.writeText(text.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(text); // the browser does not allow it: one key copies
      }
    });
  }

  // j and k move through the rows of the first list, enter opens one.
  const rows = () => [...(document.querySelector("[data-rows]")?.rows ?? [])];
  const pick = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.classList.contains("picked"));
    const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))];
    all[at]?.classList.remove("picked");
    next.classList.add("picked");
    next.querySelector("a")?.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };
  const pause = document.querySelector("[data-pause]");
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    const act = {
      "/": () => document.getElementById("search")?.focus(),
      j: () => pick(1),
      k: () => pick(-1),
      p: () => pause && !pause.hidden && pause.click(),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  const root = document.querySelector("[data-stream]");
  if (!root || !root.dataset.stream) return;
  const body = root.querySelector("[data-rows]");
  const state = root.querySelector("[data-state]");
  const empty = root.querySelector("[data-none]");
  const shape = root.querySelector("[data-row]");
  const most = 500;
  let last = Number(root.dataset.last);
  let events;

  const cells = (row, request) => {
    for (const [column, text] of Object.entries({
      Door: request.door, Operation: request.operation, Who: request.who, Took: request.took,
    })) row.querySelector(`[data-column="${column}"]`).textContent = text;
    row.querySelector("a").href = request.url;
    const time = row.querySelector("time");
    [time.dateTime, time.title, time.textContent] = [request.time, request.time, request.clock];
    if (request.registration) {
      const link = document.createElement("a");
      link.className = "code";
      link.href = "/registrations/" + encodeURIComponent(request.registration);
      link.textContent = request.registration;
      row.querySelector('[data-column="Registration"]').append(link);
    }
    const status = row.querySelector(".status");
    status.textContent = request.status;
    status.classList.add(request.kind);
  };
  const take = (requests) => {
    for (const request of requests) {
      if (request.number <= last) continue;
      last = request.number;
      const row = shape.content.firstElementChild.cloneNode(true);
      cells(row, request);
      row.classList.add("new");
      body.prepend(row);
    }
    while (body.rows.length > most) body.deleteRow(-1);
    empty.hidden = body.rows.length > 0;
  };
  const follow = () => {
    const url = new URL(root.dataset.stream, location);
    url.searchParams.set("after", last);
    events = new EventSource(url);
    events.onopen = () => { state.textContent = "Live"; };
    events.onmessage = (event) => take(JSON.parse(event.data));
    events.onerror = () => {
      state.textContent = events.readyState === EventSource.CLOSED ? "No longer live: reload the page" : "Connecting…";
    };
  };
  pause.hidden = false;
  pause.addEventListener("click", () => {
    const paused = pause.getAttribute("aria-pressed") === "true";
    pause.setAttribute("aria-pressed", String(!paused));
    pause.textContent = paused ? "Pause" : "Go on";
    if (paused) return follow();
    events.close();
    state.textContent = "Paused";
  });
  follow();
  addEventListener("pagehide", () => events.close());
})();
