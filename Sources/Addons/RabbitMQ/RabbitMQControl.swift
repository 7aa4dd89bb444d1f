internal import Posix

/// How the platform tells its RabbitMQ what to do: through a socket in the server's folder, which nobody else reaches.
///
/// RabbitMQ's own tools speak Erlang's distribution. That would be one more port, with `epmd` for a directory of them,
/// and whoever speaks it can be told to run things by the other side: here the server by the platform, and as root the
/// platform by the server.
struct RabbitMQControl: Sendable {
    /// The server's.
    let folder: String

    /// The server's half, run by it as soon as RabbitMQ has started: it evaluates what comes and answers with the value.
    ///
    /// What keeps `epmd` alive is ended: there is none.
    static let script = """
        spawn(fun() ->
            supervisor:terminate_child(rabbit_sup, rabbit_epmd_monitor_sup),
            file:delete("control"),
            {ok, Door} = gen_tcp:listen(0, [{ifaddr, {local, "control"}}, binary, {active, false}, {packet, 4}]),
            Answer = fun(Text) ->
                try
                    {ok, Tokens, _} = erl_scan:string(binary_to_list(Text)),
                    {ok, Expressions} = erl_parse:parse_exprs(Tokens),
                    {value, Value, _} = erl_eval:exprs(Expressions, []),
                    io_lib:format("~0p", [Value])
                catch
                    _:Reason -> io_lib:format("refused: ~0p", [Reason])
                end
            end,
            Serve = fun Again() ->
                {ok, Client} = gen_tcp:accept(Door),
                case gen_tcp:recv(Client, 0, 10000) of
                    {ok, Text} -> gen_tcp:send(Client, unicode:characters_to_binary(Answer(Text)));
                    {error, _} -> ok
                end,
                gen_tcp:close(Client),
                Again()
            end,
            Serve()
        end).

        """

    /// Has it evaluate Erlang's expressions, which end with a full stop. Blocks.
    ///
    /// - Returns: the last one's value, as text.
    func ask(_ expressions: String) throws -> String {
        let connection = try UnixSocket.connect(to: "\(folder)/control")
        let text = Array(expressions.utf8)
        try connection.writeAll(Self.length(text.count) + text)
        let size = try ExactRead.bytes(4, from: connection, within: Self.patience)
        let count = size.reduce(0) { $0 << 8 | Int($1) }
        guard count < 1 << 20 else { throw AddonFailure.failed("RabbitMQ refused", reason: "Its answer has no end") }
        let answer = try ExactRead.bytes(count, from: connection, within: Self.patience)
        return String(decoding: answer, as: UTF8.self)
    }

    /// As ``ask(_:)``, of expressions whose value is `done`.
    func run(_ expressions: String) throws {
        let answer = try ask(expressions)
        guard answer == "done" else {
            throw AddonFailure.failed("RabbitMQ refused", reason: String(answer.prefix(300)))
        }
    }

    private static let patience = Duration.seconds(60)

    private static func length(_ count: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) }
    }
}
