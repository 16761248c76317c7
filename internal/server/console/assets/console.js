"use strict";

// The page works without this script. With it, a form is sent once, codes can be
// copied, and a registration's page follows its phone. What the script changes at
// load keeps its place and size.
(() => {
  for (const time of document.querySelectorAll("time[datetime]")) {
    time.title = new Date(time.dateTime).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  }
  for (const form of document.forms) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
  }
  addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });

  const root = document.querySelector("[data-events]");
  if (!root) return;
  // A reload asks for the page, and does not send the form again.
  history.replaceState(null, "", root.dataset.page);

  const all = (selector) => root.querySelectorAll(selector);
  const show = (element, visible) => { if (element) element.hidden = !visible; };

  let ends = 0; // by performance.now(): this clock and the server's may differ
  let whole = 0; // seconds of the lifetime that were left at first
  let warned = false;
  const remain = (seconds) => {
    ends = performance.now() + seconds * 1000;
    whole = Math.max(whole, seconds);
  };
  // What is said is taken away again: it is on the page in other places, and who
  // reads the page through shall not come across it twice.
  const told = root.querySelector("[data-says]");
  let said = root.dataset.said;
  let silence;
  const says = (words) => {
    said = words;
    told.textContent = words;
    clearTimeout(silence);
    silence = setTimeout(() => { told.textContent = ""; }, 5000);
  };
  const tick = () => {
    const left = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
    for (const clock of all("[data-left]")) {
      clock.textContent = Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0");
    }
    for (const bar of all("progress")) [bar.max, bar.value] = [whole || 1, left];
    if (left <= 60 && left > 0 && !warned && root.dataset.phase === "open") {
      warned = true;
      if (root.querySelector("[data-left]")) says("The code expires in one minute.");
    }
  };

  const step = (done) => {
    [...all(".steps li")].forEach((item, at) => {
      item.classList.toggle("done", at < done);
      if (at === done) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
      item.querySelector("[data-mark]").textContent = at < done ? "Done: " : at === done ? "Now: " : "";
    });
  };
  // The codes do not outlive their use. Who had the focus inside what is gone now
  // is led to the heading of what has come, which is read out then: the answer is
  // whether.
  const enter = (phase) => {
    if (root.dataset.phase === phase) return false;
    root.dataset.phase = phase;
    const focused = root.contains(document.activeElement);
    for (const section of all("[data-when]")) show(section, section.dataset.when === phase);
    for (const secret of all("[data-secret]")) secret.remove();
    clearInterval(ticking);
    if (focused) root.querySelector(`[data-when="${phase}"] h1`).focus();
    return focused;
  };
  const update = (status) => {
    if (status.phase === "signed out") return location.replace("/");
    remain(status.remaining);
    step(status.step);
    for (const text of all("[data-text]")) {
      text.textContent = status[text.dataset.text];
      if (text.dataset.text === "trouble") show(text, status.trouble !== "");
    }
    document.title = `${status.title} · ${root.dataset.brand}`;
    const read = enter(status.phase);
    if (status.says && status.says !== said && !read) says(status.says);
  };

  remain(Number(root.dataset.remaining));
  // Without a secure context there is no clipboard, and no button.
  for (const button of navigator.clipboard ? all("[data-copy]") : []) {
    show(button, true);
    button.addEventListener("click", async () => {
      const code = document.getElementById(button.dataset.copy);
      try {
        await navigator.clipboard.writeText(code.textContent);
      } catch {
        return getSelection().selectAllChildren(code); // the browser does not allow it: one key copies
      }
      for (const other of all("[data-copied]")) delete other.dataset.copied;
      button.dataset.copied = "";
      says("Copied.");
    });
  }
  const ticking = setInterval(tick, 250);
  tick();
  if (root.dataset.phase !== "open") return clearInterval(ticking);

  const events = new EventSource(root.dataset.events);
  const lost = root.querySelector("[data-lost]");
  events.onopen = () => show(lost, false);
  events.onmessage = (event) => {
    show(lost, false);
    const status = JSON.parse(event.data);
    if (status.phase !== "open") events.close();
    update(status);
  };
  events.onerror = () => {
    const over = events.readyState === EventSource.CLOSED;
    show(lost, !over);
    show(root.querySelector("[data-unfollowed]"), over);
  };
  addEventListener("pagehide", () => events.close());
})();
