package main

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// standIn answers what validate, test and plan ask. The rest of the interface is left unset on purpose: nothing of it
// may be called, and whoever does gets no answer.
type standIn struct {
	tfprotov5.ProviderServer
	provider  *tfprotov5.Schema
	resources map[string]*tfprotov5.Schema
}

func newStandIn(s providerSchema) (*standIn, error) {
	provider, err := s.Provider.Block.onTheWire()
	if err != nil {
		return nil, err
	}
	resources, err := onTheWire(s.Resources)
	if err != nil {
		return nil, err
	}
	return &standIn{provider: &tfprotov5.Schema{Block: provider}, resources: resources}, nil
}

func (s *standIn) GetMetadata(context.Context, *tfprotov5.GetMetadataRequest) (*tfprotov5.GetMetadataResponse, error) {
	answer := &tfprotov5.GetMetadataResponse{}
	for name := range s.resources {
		answer.Resources = append(answer.Resources, tfprotov5.ResourceMetadata{TypeName: name})
	}
	return answer, nil
}

func (s *standIn) GetProviderSchema(context.Context, *tfprotov5.GetProviderSchemaRequest) (*tfprotov5.GetProviderSchemaResponse, error) {
	return &tfprotov5.GetProviderSchemaResponse{
		Provider: s.provider, ResourceSchemas: s.resources,
		ServerCapabilities: &tfprotov5.ServerCapabilities{GetProviderSchemaOptional: true},
	}, nil
}

func (s *standIn) PrepareProviderConfig(_ context.Context, ask *tfprotov5.PrepareProviderConfigRequest) (*tfprotov5.PrepareProviderConfigResponse, error) {
	return &tfprotov5.PrepareProviderConfigResponse{PreparedConfig: ask.Config}, nil
}

func (s *standIn) ConfigureProvider(context.Context, *tfprotov5.ConfigureProviderRequest) (*tfprotov5.ConfigureProviderResponse, error) {
	return &tfprotov5.ConfigureProviderResponse{}, nil
}

func (s *standIn) StopProvider(context.Context, *tfprotov5.StopProviderRequest) (*tfprotov5.StopProviderResponse, error) {
	return &tfprotov5.StopProviderResponse{}, nil
}

func (s *standIn) ValidateResourceTypeConfig(context.Context, *tfprotov5.ValidateResourceTypeConfigRequest) (*tfprotov5.ValidateResourceTypeConfigResponse, error) {
	return &tfprotov5.ValidateResourceTypeConfigResponse{}, nil
}

func (s *standIn) UpgradeResourceState(_ context.Context, ask *tfprotov5.UpgradeResourceStateRequest) (*tfprotov5.UpgradeResourceStateResponse, error) {
	kind := s.resources[ask.TypeName].ValueType()
	stored, err := ask.RawState.Unmarshal(kind)
	if err != nil {
		return nil, err
	}
	state, err := tfprotov5.NewDynamicValue(kind, stored)
	return &tfprotov5.UpgradeResourceStateResponse{UpgradedState: &state}, err
}

func (s *standIn) ReadResource(_ context.Context, ask *tfprotov5.ReadResourceRequest) (*tfprotov5.ReadResourceResponse, error) {
	return &tfprotov5.ReadResourceResponse{NewState: ask.CurrentState}, nil
}

// PlanResourceChange leaves unknown what the provider fills in and nobody has set.
func (s *standIn) PlanResourceChange(_ context.Context, ask *tfprotov5.PlanResourceChangeRequest) (*tfprotov5.PlanResourceChangeResponse, error) {
	schema := s.resources[ask.TypeName]
	kind := schema.ValueType()
	proposed, err := ask.ProposedNewState.Unmarshal(kind)
	if err != nil || proposed.IsNull() {
		return &tfprotov5.PlanResourceChangeResponse{PlannedState: ask.ProposedNewState}, err
	}
	attributes := map[string]tftypes.Value{}
	if err := proposed.As(&attributes); err != nil {
		return nil, err
	}
	for _, a := range schema.Block.Attributes {
		if a.Computed && attributes[a.Name].IsNull() {
			attributes[a.Name] = tftypes.NewValue(a.Type, tftypes.UnknownValue)
		}
	}
	planned, err := tfprotov5.NewDynamicValue(kind, tftypes.NewValue(kind, attributes))
	return &tfprotov5.PlanResourceChangeResponse{PlannedState: &planned}, err
}

func (s *standIn) ApplyResourceChange(context.Context, *tfprotov5.ApplyResourceChangeRequest) (*tfprotov5.ApplyResourceChangeResponse, error) {
	return nil, errors.New("this is a stand-in of hashicorp/google: it knows the provider's schema and can apply nothing")
}
