package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// As `tofu providers schema -json` writes them.
type (
	providerSchema struct {
		Provider  schema
		Resources map[string]schema `json:"resource_schemas"`
	}
	schema struct {
		Version int64
		Block   block
	}
	block struct {
		Attributes map[string]attribute
		Blocks     map[string]nestedBlock `json:"block_types"`
	}
	attribute struct {
		Type                                    json.RawMessage
		Required, Optional, Computed, Sensitive bool
	}
	nestedBlock struct {
		NestingMode string `json:"nesting_mode"`
		Block       block
		MinItems    int64 `json:"min_items"`
		MaxItems    int64 `json:"max_items"`
	}
)

var nestings = map[string]tfprotov5.SchemaNestedBlockNestingMode{
	"list":   tfprotov5.SchemaNestedBlockNestingModeList,
	"set":    tfprotov5.SchemaNestedBlockNestingModeSet,
	"single": tfprotov5.SchemaNestedBlockNestingModeSingle,
}

func onTheWire(schemas map[string]schema) (map[string]*tfprotov5.Schema, error) {
	wire := map[string]*tfprotov5.Schema{}
	for name, s := range schemas {
		b, err := s.Block.onTheWire()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		wire[name] = &tfprotov5.Schema{Version: s.Version, Block: b}
	}
	return wire, nil
}

func (b block) onTheWire() (*tfprotov5.SchemaBlock, error) {
	wire := &tfprotov5.SchemaBlock{}
	for _, name := range slices.Sorted(maps.Keys(b.Attributes)) {
		a := b.Attributes[name]
		kind, err := tftypes.ParseJSONType(a.Type) //nolint:staticcheck // There is no other reader of this form.
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		wire.Attributes = append(wire.Attributes, &tfprotov5.SchemaAttribute{
			Name: name, Type: kind, Required: a.Required, Optional: a.Optional, Computed: a.Computed, Sensitive: a.Sensitive,
		})
	}
	for _, name := range slices.Sorted(maps.Keys(b.Blocks)) {
		n := b.Blocks[name]
		inner, err := n.Block.onTheWire()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		nesting, known := nestings[n.NestingMode]
		if !known {
			return nil, fmt.Errorf("%s: unknown nesting %q", name, n.NestingMode)
		}
		wire.BlockTypes = append(wire.BlockTypes, &tfprotov5.SchemaNestedBlock{
			TypeName: name, Block: inner, Nesting: nesting, MinItems: n.MinItems, MaxItems: n.MaxItems,
		})
	}
	return wire, nil
}
