package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"reflect"
	"strconv"
	"strings"
)

// refine makes of gowsdl's output the types that requests are decoded into
// and replies are written from. It keeps the structs of the schemas and drops
// the client and what it imports; fields get the schema's order and
// occurrence: a pointer where an element may be absent, a value where it must
// be there, a slice where it may repeat; a type that another extends gives
// way to the other, with its fields in it.
func refine(sources [][]byte, s *schemas) ([]byte, error) {
	structs := map[string]*ast.StructType{}
	for _, source := range sources {
		file, err := parser.ParseFile(token.NewFileSet(), "types.go", source, parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("parse gowsdl's output: %w", err)
		}
		maps.Copy(structs, structTypes(file))
	}
	declared, err := s.structs()
	if err != nil {
		return nil, err
	}
	out := bytes.NewBufferString(strings.Replace(header, "from", "by gowsdl from", 1) + "import \"encoding/xml\"\n\n")
	for _, d := range declared {
		gowsdls := d.name
		if d.typeName.local != "" {
			gowsdls = exported(d.typeName.local)
		}
		given, ok := structs[gowsdls]
		if !ok {
			return nil, fmt.Errorf("gowsdl made no type %s", gowsdls)
		}
		if err := writeStruct(out, d, fields(given, structs)); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

func structTypes(file *ast.File) map[string]*ast.StructType {
	out := map[string]*ast.StructType{}
	for _, decl := range file.Decls {
		general, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range general.Specs {
			if t, ok := spec.(*ast.TypeSpec); ok {
				if body, ok := t.Type.(*ast.StructType); ok {
					out[t.Name.Name] = body
				}
			}
		}
	}
	return out
}

// fields returns a struct's fields by the XML name of each, with those of an
// embedded base.
func fields(body *ast.StructType, structs map[string]*ast.StructType) map[string]*ast.Field {
	out := map[string]*ast.Field{}
	for _, field := range body.Fields.List {
		if len(field.Names) == 0 {
			base := field.Type.(*ast.StarExpr).X.(*ast.Ident).Name
			for name, inherited := range fields(structs[base], structs) {
				out[name] = inherited
			}
			continue
		}
		tag, _ := strconv.Unquote(field.Tag.Value)
		name, _, _ := strings.Cut(reflect.StructTag(tag).Get("xml"), ",")
		out[name] = field
	}
	return out
}

func writeStruct(out *bytes.Buffer, d structType, given map[string]*ast.Field) error {
	fmt.Fprintf(out, "// %s is the %s.", d.name, d.about)
	if d.doc != "" {
		fmt.Fprintf(out, " %s", d.doc)
	}
	fmt.Fprintf(out, "\ntype %s struct {\n", d.name)
	if d.space != "" {
		fmt.Fprintf(out, "XMLName xml.Name `xml:\"%s %s\"`\n", d.space, d.xmlName)
	}
	for _, p := range d.particles {
		field, ok := given[p.name]
		if !ok {
			return fmt.Errorf("gowsdl gave %s no field for %s", d.name, p.name)
		}
		goType, err := fieldType(p, field)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "// %s\n%s %s `xml:\"%s\"`\n", p.doc, field.Names[0].Name, goType, p.name)
	}
	out.WriteString("}\n\n")
	return nil
}

func fieldType(p *particle, field *ast.Field) (string, error) {
	goType := p.goType
	if p.simple != nil {
		var given bytes.Buffer
		if err := format.Node(&given, token.NewFileSet(), field.Type); err != nil {
			return "", err
		}
		goType = strings.TrimPrefix(given.String(), "[]") // which gowsdl gives to one that repeats
		if p.simple.base == "anyType" {
			goType = "Value"
		}
	}
	switch {
	case p.max != 1:
		return "[]" + goType, nil
	case p.min == 0:
		return "*" + goType, nil
	}
	return goType, nil
}
