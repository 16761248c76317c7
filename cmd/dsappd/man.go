package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/alecthomas/kong"

	"github.com/dsappd/dsappd/internal/datafolder"
)

type manCommand struct {
	jsonFlag
	Out string `required:"" placeholder:"DIR" help:"Write the pages below this folder, in man1 and man5."`
}

// Run writes a page for each command, and one for the settings.
func (c *manCommand) Run(app *kong.Kong, std streams) error {
	pages := map[string]string{"man5/dsappd-settings.5": settingsPage()}
	describe := func(node *kong.Node) { pages["man1/"+pageName(node)+".1"] = commandPage(node) }
	describe(app.Model.Node)
	walkCommands(app.Model.Node, describe)
	for _, section := range []string{"man1", "man5"} {
		if err := os.MkdirAll(filepath.Join(c.Out, section), 0o755); err != nil {
			return err
		}
	}
	for name, page := range pages {
		if err := os.WriteFile(filepath.Join(c.Out, name), []byte(page), 0o644); err != nil {
			return err
		}
	}
	if c.JSON {
		return printJSON(std.Out, struct {
			Pages int `json:"pages"`
		}{len(pages)})
	}
	_, err := fmt.Fprintf(std.Out, "wrote %s below %s\n", counted(len(pages), "page"), c.Out)
	return err
}

// walkCommands visits every command that people can give.
func walkCommands(node *kong.Node, visit func(*kong.Node)) {
	for _, child := range node.Children {
		if !child.Hidden {
			visit(child)
			walkCommands(child, visit)
		}
	}
}

// pageName returns what man(1) is asked for, such as dsappd-user-add.
func pageName(node *kong.Node) string {
	if node.Parent == nil {
		return node.Name
	}
	return pageName(node.Parent) + "-" + node.Name
}

// manPage is a page in the language of man(7).
type manPage struct{ strings.Builder }

func newManPage(name, section, about string) *manPage {
	p := &manPage{}
	date, _, _ := strings.Cut(currentVersion().Time, "T")
	fmt.Fprintf(p, ".TH %s %s %s \"dsappd\" \"dsappd manual\"\n.nh\n.ad l\n.SH NAME\n%s \\- %s\n",
		roff(strings.ToUpper(name)), section, cmp.Or(date, "2026-11-01"), roff(name), roff(strings.TrimSuffix(about, ".")))
	return p
}

// roff escapes what troff would take for an order.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`).Replace(text)
	var ascii strings.Builder
	for _, r := range text {
		if r < utf8.RuneSelf {
			ascii.WriteRune(r)
		} else {
			fmt.Fprintf(&ascii, `\[u%04X]`, r)
		}
	}
	return ascii.String()
}

func (p *manPage) section(name string) { fmt.Fprintf(p, ".SH %s\n", name) }

// line writes a line of text, which may begin with a dot.
func (p *manPage) line(text string) {
	if strings.HasPrefix(text, ".") {
		p.WriteString(`\&`)
	}
	p.WriteString(roff(text) + "\n")
}

// item writes a term in bold and what is said of it.
func (p *manPage) item(term, text string) {
	fmt.Fprintf(p, ".TP\n\\fB%s\\fR\n", roff(term))
	p.line(text)
}

// prose writes paragraphs, and lines that are indented as they stand.
func (p *manPage) prose(text string) {
	for n, paragraph := range strings.Split(text, "\n\n") {
		if n > 0 {
			p.WriteString(".PP\n")
		}
		if !strings.HasPrefix(paragraph, " ") {
			p.line(strings.ReplaceAll(paragraph, "\n", " "))
			continue
		}
		p.verbatim(strings.ReplaceAll(strings.TrimPrefix(paragraph, "    "), "\n    ", "\n"))
	}
}

func (p *manPage) verbatim(text string) {
	p.WriteString(".RS 4\n.nf\n")
	for line := range strings.SplitSeq(text, "\n") {
		p.line(line)
	}
	p.WriteString(".fi\n.RE\n")
}

// commandPage describes a command, or a group of them.
func commandPage(node *kong.Node) string {
	p := newManPage(pageName(node), "1", node.Help)
	p.section("SYNOPSIS")
	p.line(synopsis(node))
	p.section("DESCRIPTION")
	p.prose(strings.TrimSpace(node.Help + "\n\n" + node.Detail))
	p.commands(node)
	p.arguments(node)
	p.options(node)
	if node.Leaf() || node.Parent == nil {
		p.exitCodes()
	}
	p.seeAlso(node)
	return p.String()
}

// synopsis writes how a command is given, such as dsappd user add --dir=DIR
// USER.
func synopsis(node *kong.Node) string {
	name := strings.ReplaceAll(pageName(node), "-", " ")
	if node.Parent != nil {
		name = node.FullPath()
	}
	if !node.Leaf() {
		return name + " COMMAND [FLAG]..."
	}
	for _, group := range node.AllFlags(true) {
		for _, flag := range group {
			if flag.Required {
				name += " " + flagTerm(flag)
			}
		}
	}
	name += " [FLAG]..."
	for _, argument := range node.Positional {
		name += " " + argument.Summary()
	}
	return name
}

func flagTerm(flag *kong.Flag) string {
	term := "--" + flag.Name
	if !flag.IsBool() {
		term += "=" + flag.FormatPlaceHolder()
	}
	if flag.Short != 0 {
		term = "-" + string(flag.Short) + ", " + term
	}
	return term
}

func (p *manPage) commands(node *kong.Node) {
	if node.Leaf() {
		return
	}
	p.section("COMMANDS")
	for _, child := range node.Children {
		if !child.Hidden {
			p.item(pageName(child)+"(1)", child.Help)
		}
	}
}

func (p *manPage) arguments(node *kong.Node) {
	if len(node.Positional) == 0 {
		return
	}
	p.section("ARGUMENTS")
	for _, argument := range node.Positional {
		p.item(argument.Summary(), argument.Help)
	}
}

func (p *manPage) options(node *kong.Node) {
	p.section("OPTIONS")
	for _, group := range node.AllFlags(true) {
		for _, flag := range group {
			if flag.Name == "version" && node.Parent != nil {
				continue
			}
			text := flag.Help
			for _, variable := range flag.Envs {
				text += " The variable " + variable + " stands for it."
			}
			p.item(flagTerm(flag), text)
		}
	}
}

func (p *manPage) exitCodes() {
	p.section("EXIT STATUS")
	for _, code := range []struct{ code, text string }{
		{"0", "Done."},
		{"1", "Refused or failed; nothing was changed, unless the output says so."},
		{"2", "The command line cannot be read, or a transcript is broken."},
		{"3", "It is not known whether the order was carried out."},
		{"130, 143", "Ended by SIGINT or SIGTERM."},
	} {
		p.item(code.code, code.text)
	}
}

func (p *manPage) seeAlso(node *kong.Node) {
	p.section("SEE ALSO")
	others := []string{"dsappd\\-settings(5)"}
	for above := node.Parent; above != nil; above = above.Parent {
		others = append([]string{roff(pageName(above)) + "(1)"}, others...)
	}
	p.WriteString(strings.Join(others, ", ") + "\n")
}

// settingsPage shows the settings of a new data folder, each with its comment.
func settingsPage() string {
	p := newManPage("dsappd-settings", "5", "The settings of a data folder of dsappd.")
	p.section("DESCRIPTION")
	p.prose("The file settings.toml in a data folder holds the settings, in TOML. A new folder has this one:")
	p.WriteString(".PP\n")
	p.verbatim(strings.TrimSuffix(datafolder.SettingsText, "\n"))
	p.section("SEE ALSO")
	p.line("dsappd-serve(1)")
	return p.String()
}
