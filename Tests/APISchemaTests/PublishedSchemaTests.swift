import APISchema
import TestSupport
import Testing

@Suite("Every resource on the wire", .tags(.herokuContract))
struct PublishedSchemaTests {
    @Test(
        "has every property that the published schema lists, of a fitting kind", arguments: Samples.all.map(\.resource))
    func shape(resource: String) throws {
        let sample = try #require(Samples.all.first { $0.resource == resource })
        #expect(try PublishedSchema.shared().problems(in: WireJSON.encode(sample.value), as: resource) == [])
    }

    @Test("comes back as it was sent")
    func roundTrip() throws {
        #expect(try WireJSON.decode(AppResource.self, from: WireJSON.encode(Samples.app)) == Samples.app)
    }

    @Test("is read although a peer leaves out what may be null")
    func absent() throws {
        let text =
            #"{"email":"a@b","id":"1","created_at":"x","updated_at":"y","allow_tracking":false,"beta":false,"federated":false,"two_factor_authentication":false,"verified":true}"#
        #expect(try WireJSON.decode(AccountResource.self, from: Array(text.utf8)).name == nil)
    }

    @Test("is judged by a walker that sees what is missing and what is of another kind")
    func walker() throws {
        let problems = try PublishedSchema.shared().problems(
            in: Array(#"[{"ordinal":"0","buildpack":{"url":"x"}}]"#.utf8), as: "buildpack-installation")
        #expect(
            problems == [
                "buildpack-installation[0].buildpack.name is missing",
                #"buildpack-installation[0].ordinal is string("0"), not integer"#,
            ])
    }
}

@Suite("A quantity of dynos")
struct FormationQuantityTests {
    @Test(
        "is a number, or a number or change as text",
        arguments: [
            ("2", FormationQuantity.absolute(2)), (#""2""#, .absolute(2)), (#""+1""#, .relative(1)),
            (#""-1""#, .relative(-1)),
        ])
    func forms(json: String, quantity: FormationQuantity) throws {
        #expect(try WireJSON.decode(FormationQuantity.self, from: Array(json.utf8)) == quantity)
        #expect(try WireJSON.decode(FormationQuantity.self, from: WireJSON.encode(quantity)) == quantity)
    }

    @Test("never falls below none")
    func floor() { #expect(FormationQuantity.relative(-3).applied(to: 1) == 0) }

    @Test("is refused when it is no number")
    func nonsense() {
        #expect(throws: DecodingError.self) {
            try WireJSON.decode(FormationQuantity.self, from: Array(#""many""#.utf8))
        }
    }
}

@Suite("The events of a push")
struct PushEventTests {
    @Test(
        "are one line of JSON each",
        arguments: [
            (PushEvent.output("-----> Python\n"), "{\"output\":\"-----> Python\\n\"}\n"),
            (.result(.refused), "{\"result\":\"refused\"}\n"),
        ])
    func lines(event: PushEvent, line: String) throws {
        #expect(try event.line == Array(line.utf8))
        #expect(try WireJSON.decode(PushEvent.self, from: event.line) == event)
    }
}

@Suite("Config var changes")
struct ConfigVarsUpdateTests {
    @Test("say null for what is to go")
    func removal() throws {
        let update: ConfigVarsUpdate = ["A": "1", "B": nil]
        #expect(try WireJSON.encode(update) == Array(#"{"A":"1","B":null}"#.utf8))
        #expect(try WireJSON.decode(ConfigVarsUpdate.self, from: Array(#"{"B":null}"#.utf8)) == ["B": nil])
    }
}

extension Tag {
    @Tag static var herokuContract: Self
}
